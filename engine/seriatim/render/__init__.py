"""Reports as text for a terminal, as Markdown and as JSON. Nothing here reads a file or a clock."""
