"""The `skills` command, one module per subcommand."""
