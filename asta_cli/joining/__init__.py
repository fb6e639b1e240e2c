"""Becoming somebody: registering, confirming, signing in, passwords and activation, each as steps around one run."""
