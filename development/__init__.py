"""Tools for working on Lead Intake; `make help` lists what they do."""
