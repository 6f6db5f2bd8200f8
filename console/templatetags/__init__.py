"""Template tags of the console pages: the navigation, which page we are on."""
