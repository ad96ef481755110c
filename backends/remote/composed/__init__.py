"""Operations that services don't publish, composed of those that they do; one file a subject."""
