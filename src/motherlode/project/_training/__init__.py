"""The process that fits models and ranks rows beside the server, and the model to ship."""
