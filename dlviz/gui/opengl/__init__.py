"""OpenGL where it is there and fast: a renderer into pictures, a trial in a child process, and whether it is used."""
