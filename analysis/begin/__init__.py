"""A first `study.yml`, written from what the data of a study say."""
