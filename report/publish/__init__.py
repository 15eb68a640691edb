"""A finished report becomes the report: proof, manifest, exports, and one exchange that leaves no half."""
