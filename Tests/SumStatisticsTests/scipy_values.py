"""Writes distribution values and whole tests, to compare with SumStatistics.

Usage: scipy_values.py distributions   tail probabilities and quantiles to 20 digits by mpmath: Tests/Vectors/sum-distributions.txt
       scipy_values.py pooled SEED     a random table as JSON, with what scipy computes from it
"""

import json
import sys


def distributions():
    import mpmath as mp

    mp.mp.dps = 50

    def t_two_sided(df, t):
        # The complement is added up instead of subtracted, so that tiny tails keep their digits.
        x = mp.mpf(df) / (mp.mpf(df) + mp.mpf(t) ** 2)
        return mp.betainc(mp.mpf(df) / 2, mp.mpf(1) / 2, 0, x, regularized=True)

    def show(*values):
        print(*[v if isinstance(v, str) else mp.nstr(v, 20) if isinstance(v, mp.mpf) else repr(v) for v in values])

    for df in (1, 1.5, 2, 3.7, 10, 29.25, 100, 1234.5, 100000):
        for t in (1e-6, 0.1, 0.5, 1, 1.96, 3, 6.5, 12, 30):
            show("t", float(df), float(t), t_two_sided(df, t))
    for df in (1, 2, 3, 7, 30, 99, 1000, 50000):
        for ratio in (1e-3, 0.3, 0.9, 0.999, 1, 1.01, 1.2, 2, 5):
            x = float(df * ratio)
            if ratio > 1.2 and df > 1000:
                continue
            show("chi2", float(df), x, mp.gammainc(mp.mpf(df) / 2, mp.mpf(x) / 2, mp.inf, regularized=True))
    for z in (0.0, 1e-8, 0.5, 1, 1.6448536269514722, 3, 5, 8, 20, 37):
        show("normal", float(z), mp.erfc(mp.mpf(z) / mp.sqrt(2)))
    for level in (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.999999):
        p = 1 - mp.mpf(level)
        z = mp.findroot(lambda v: mp.erfc(v / mp.sqrt(2)) - p, 2)
        show("normal-quantile", level, z)
        for df in (1, 2, 4.5, 10, 57, 1000, 100000):
            guess = z * (1 + (z * z + 1) / (4 * df)) if df > 3 else None
            if guess is None:
                low, high = mp.mpf(0), mp.mpf(10) ** 8
                for _ in range(180):
                    middle = (low + high) / 2
                    low, high = (middle, high) if t_two_sided(df, middle) > p else (low, middle)
                show("t-quantile", float(df), level, low)
            else:
                show("t-quantile", float(df), level, mp.findroot(lambda v: t_two_sided(df, v) - p, guess))


def pooled(seed):
    import numpy as np
    from scipy import stats

    rng = np.random.default_rng(seed)
    n = int(rng.integers(60, 400))
    x = rng.integers(-300, 5000, n)
    y = (x * 0.4 + rng.normal(0, 400, n)).astype(np.int64)
    sex = rng.integers(0, 2, n)
    branch = (rng.integers(0, 3, n) + sex * rng.integers(0, 2, n)) % 3
    x = x + 200 * sex
    level = 0.95
    line = stats.linregress(x, y)
    t = stats.t.ppf(0.5 + level / 2, n - 2)
    pearson = stats.pearsonr(x, y)
    welch = stats.ttest_ind(x[sex == 1], x[sex == 0], equal_var=False)
    table = [[int(np.sum((sex == i) & (branch == j))) for j in range(3)] for i in range(2)]
    chi = stats.chi2_contingency(table, correction=False)
    mean = stats.t.interval(level, n - 1, loc=np.mean(x), scale=stats.sem(x))
    print(
        json.dumps(
            {
                "x": x.tolist(),
                "y": y.tolist(),
                "sex": sex.tolist(),
                "table": table,
                "mean": [np.mean(x), *mean],
                "variance": np.var(x, ddof=1),
                "spread": [(n - 1) * np.var(x, ddof=1) / stats.chi2.ppf(p, n - 1) for p in (0.975, 0.025)],
                "deviation": np.std(x, ddof=1),
                "correlation": [pearson.statistic, pearson.pvalue, *pearson.confidence_interval(level)],
                "slope": [line.slope, line.stderr, line.pvalue, line.slope - t * line.stderr, line.slope + t * line.stderr],
                "intercept": [line.intercept, line.intercept_stderr],
                "welch": [welch.statistic, welch.df, welch.pvalue, *welch.confidence_interval(level)],
                "chi2": [chi.statistic, chi.dof, chi.pvalue],
            }
        )
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["distributions"]:
        distributions()
    else:
        pooled(int(sys.argv[2]))
