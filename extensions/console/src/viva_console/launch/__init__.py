"""Starting Viva on one machine, and playing its main job there."""
