"""What an analyst does with a service's data: models, engines, answers, and checks of all three."""
