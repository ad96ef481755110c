"""What is heard and seen: which file a track is, pictures of albums, and the tokens that open both."""
