"""The proving ground: what the default is chosen and judged on.

Some 250 tasks of more than 60 sources that share no data. Every choice in the default is made by
leaving sources out: an option is judged on sources that had no part in choosing it.
"""
