"""How good the model is: ranking, decisions, calibration, and what scores alone tell."""
