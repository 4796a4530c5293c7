"""Learning from feedback: weights of signals that fit whose memory it is."""
