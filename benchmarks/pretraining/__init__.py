"""What the pretrained network is worth on real data, which it never saw.

Of each source of the proving ground one task for each number of positives. What a search would have
labelled is simulated, and each model ranks the rest.
"""
