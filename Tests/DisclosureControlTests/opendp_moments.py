"""Prints mean and variance of discrete noise drawn by OpenDP, to compare with the samplers here.

Usage: opendp_moments.py laplace|gaussian SCALE COUNT
"""

import sys

import opendp.prelude as dp

dp.enable_features("contrib")


def main():
    kind, scale, count = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    make = {"laplace": dp.m.make_laplace, "gaussian": dp.m.make_gaussian}[kind]
    metric = {"laplace": dp.l1_distance(T=int), "gaussian": dp.l2_distance(T=float)}[kind]
    measurement = make(dp.vector_domain(dp.atom_domain(T=int)), metric, scale=scale)
    values = measurement([0] * count)
    mean = sum(values) / count
    print(mean, sum((value - mean) ** 2 for value in values) / count)


if __name__ == "__main__":
    main()
