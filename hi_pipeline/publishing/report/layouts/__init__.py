"""The pack as files: a module a format."""
