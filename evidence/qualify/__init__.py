"""Evidence for validation: requirements with their tests, installation, operation, performance, both proofs."""
