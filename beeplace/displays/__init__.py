"""What walls need from the server beside the live board: the log, an earlier board, figures, QR codes, short links."""
