"""Sources of fact: prediction logs, metrics and events, each as records with two clocks."""
