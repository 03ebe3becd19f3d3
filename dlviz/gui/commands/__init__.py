"""What menus and keys do, one module for each group of actions."""
