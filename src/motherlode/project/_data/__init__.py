"""What a project is made of: its folder, settings and rows."""
