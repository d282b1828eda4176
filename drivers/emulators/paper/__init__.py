"""What emulated registers print, as text and as a picture to look at."""
