"""The steps from a study folder to a report, by the embedded renderer or by Quarto."""
