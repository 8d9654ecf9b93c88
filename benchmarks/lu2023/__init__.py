"""Lu et al. 2023 re-run: is uncertainty sampling here worth what it was worth there?

Uncertainty sampling less uniform sampling, in area under the budget curve, is compared with the
paper's own table. The sets are mild in imbalance (1:1 to 1:3), so this shows that the loop and
the strategies are correct and tells nothing about rare classes.

References
----------
P.-Y. Lu, C.-L. Li and H.-T. Lin, "Re-benchmarking pool-based active learning for binary
classification", arXiv:2306.08954, 2023.
"""
