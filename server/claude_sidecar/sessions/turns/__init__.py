"""Turns as they are asked for: taken (`service`), queued (`queues`), cancelled (`cancelling`)."""
