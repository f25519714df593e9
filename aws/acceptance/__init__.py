"""What aws/accept does: deploys spawn under a name of its own, runs the end-to-end tests there, removes it all."""
