from ._judge import Judge
