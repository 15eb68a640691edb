"""What valid means: the study definition, the domains, the analysis datasets, the results."""
