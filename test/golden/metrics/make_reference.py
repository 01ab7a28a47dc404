"""Which figures should the golden equity curves have?

Writes reference.json beside this file with numpy, pandas, scipy and statsmodels, independently of the product's code:
    python3 -m pip install numpy pandas scipy statsmodels && python3 make_reference.py
None in the output means undefined. The curves come from Python's own seeded generator, rounded to 12 significant digits.
"""

import json
import math
import random
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

HOUR = 3_600_000
DAY = 24 * HOUR
YEAR = 365 * DAY
START = 1_704_067_200_000  # 2024-01-01 00:00 UTC


def digits(value):
    return float(f"{value:.12g}")


def walk(seed, points, volatility, drift=0.0, start=10_000.0, memory=0.0, tails=False):
    source = random.Random(seed)
    equity, shock = [start], 0.0
    for _ in range(points - 1):
        noise = source.gauss(0, 1)
        if tails and source.random() < 0.05:
            noise *= 6
        shock = memory * shock + noise
        equity.append(equity[-1] * (1 + max(-0.9, drift + volatility * shock)))
    return [digits(value) for value in equity]


def trades_of(seed, count, win_share=0.5, risk=True, sign=0):
    source = random.Random(seed)
    trades = []
    for _ in range(count):
        size = digits(round(source.uniform(1, 120), 4))
        direction = sign if sign else (1 if source.random() < win_share else -1)
        trade = {"netPnl": direction * size}
        if risk:
            trade["initialRisk"] = digits(round(source.uniform(10, 90), 4))
        trades.append(trade)
    return trades


def case(name, equity, step=HOUR, start=START, trades=(), position=None, traded=(), minimum=0.0):
    count = len(equity)
    if position is None:
        position = [0.0 if (i // 5) % 2 == 0 else (700.0 if (i // 10) % 2 == 0 else -450.0) for i in range(count)]
    return {
        "id": name,
        "input": {
            "start": start,
            "step": step,
            "equity": list(equity),
            "trades": list(trades),
            "positionNotional": list(position),
            "tradedNotional": list(traded),
            "minimumReturnDaily": minimum,
        },
    }


def cases():
    quarter = 6 * HOUR
    yield case("no_points", [])
    yield case("single_point", [10_000.0])
    yield case("two_points", [10_000.0, 10_050.0])
    yield case("three_points", [10_000.0, 10_050.0, 9_990.0], trades=[{"netPnl": -10.0, "initialRisk": 25.0}])
    yield case("flat_no_trades", [5_000.0] * 60, position=[0.0] * 60)
    yield case("flat_thirty_days", [5_000.0] * 121, step=quarter, position=[0.0] * 121)
    yield case("one_winner", [1_000.0] * 30 + [1_040.0] * 30, trades=[{"netPnl": 40.0, "initialRisk": 20.0}], traded=[500.0, 540.0])
    yield case("one_loser", [1_000.0] * 30 + [970.0] * 30, trades=[{"netPnl": -30.0, "initialRisk": 20.0}], traded=[500.0, 470.0])
    yield case("one_zero_trade", [1_000.0] * 60, trades=[{"netPnl": 0.0, "initialRisk": 20.0}], traded=[500.0, 500.0])
    yield case("two_trades", walk(1, 97, 0.004), trades=[{"netPnl": 55.5, "initialRisk": 30.0}, {"netPnl": -21.25, "initialRisk": 40.0}])
    yield case("two_winners", walk(2, 97, 0.003, 0.001), trades=trades_of(2, 2, sign=1))
    yield case("two_losers", walk(3, 97, 0.003, -0.001), trades=trades_of(3, 2, sign=-1))
    yield case("win_and_zero", walk(4, 49, 0.002), trades=[{"netPnl": 12.0, "initialRisk": 6.0}, {"netPnl": 0.0, "initialRisk": 6.0}])
    yield case("constant_gain_daily", [1_000.0 * 1.01**i for i in range(40)], step=DAY)
    yield case("constant_loss_daily", [1_000.0 * 0.99**i for i in range(40)], step=DAY)
    yield case("constant_gain_hourly", [250.0 * 1.0001**i for i in range(200)], trades=trades_of(5, 4, sign=1))
    yield case("constant_doubling", [2.0**i for i in range(12)], step=12 * HOUR)
    yield case("all_winners", [digits(1_000 + 0.7 * i + 0.3 * (i % 7)) for i in range(300)], trades=trades_of(6, 9, sign=1), traded=[400.0] * 18)
    yield case("all_losers", walk(7, 300, 0.002, -0.001), trades=trades_of(7, 9, sign=-1), traded=[400.0] * 18)
    yield case("ruin_at_zero", [1_000.0, 900.0, 700.0, 400.0, 0.0, 0.0, 50.0], step=quarter, trades=[{"netPnl": -1_000.0, "initialRisk": 100.0}], traded=[3_000.0])
    yield case("ruin_below_zero", walk(8, 40, 0.01) + [-250.0, -260.0], step=quarter, traded=[800.0, 900.0])
    yield case("ruin_on_second_point", [100.0, -1.0, -1.0], traded=[100.0])
    yield case("ruin_at_midnight", walk(9, 96, 0.004) + [0.0] + [0.0] * 30, traded=[1_000.0] * 4)
    yield case("ruin_after_thirty_days", walk(10, 125, 0.01) + [-1.0, 4.0], step=quarter, trades=trades_of(10, 12))
    yield case("starts_at_five", walk(11, 24 * 9, 0.003), start=START + 5 * HOUR, trades=trades_of(11, 15))
    yield case("starts_after_midnight", walk(12, 24 * 5, 0.003), start=START + 1, trades=trades_of(12, 5))
    yield case("ends_at_noon", walk(13, 4 * 30 + 3, 0.006), step=quarter, trades=trades_of(13, 18))
    yield case("nineteen_days", walk(14, 4 * 19 + 1, 0.006), step=quarter, trades=trades_of(14, 18))
    yield case("twenty_days", walk(15, 4 * 20 + 1, 0.006), step=quarter, trades=trades_of(15, 18))
    yield case("hundred_days", walk(16, 301, 0.006, 0.0005), step=8 * HOUR, trades=trades_of(16, 60), traded=[900.0] * 120)
    yield case("one_year_daily", walk(17, 366, 0.01, 0.001), step=DAY, trades=trades_of(17, 40), traded=[2_000.0] * 80)
    yield case("over_a_leap_day", walk(18, 15 * 24 + 1, 0.003), start=START + 50 * DAY, trades=trades_of(18, 22))
    yield case("tiny_equity", walk(19, 4 * 45 + 1, 0.004, 0.0004, start=1e-9), step=quarter, trades=[{"netPnl": t["netPnl"] * 1e-12, "initialRisk": t["initialRisk"] * 1e-12} for t in trades_of(19, 20)], position=[3e-10] * 181, traded=[1e-10] * 12)
    yield case("huge_equity", walk(20, 4 * 45 + 1, 0.004, 0.0004, start=1e15), step=quarter, trades=[{"netPnl": t["netPnl"] * 1e11, "initialRisk": t["initialRisk"] * 1e11} for t in trades_of(20, 20)], position=[-2e14] * 181, traded=[1e14] * 12)
    yield case("persistent_returns", walk(21, 121, 0.01, memory=0.6), step=DAY, trades=trades_of(21, 30))
    yield case("reverting_returns", walk(22, 121, 0.01, memory=-0.6), step=DAY, trades=trades_of(22, 30))
    yield case("fat_tails", walk(23, 201, 0.008, tails=True), step=DAY, trades=trades_of(23, 45, 0.35))
    yield case("minimum_return", walk(24, 4 * 60 + 1, 0.006, 0.001), step=quarter, minimum=0.002, trades=trades_of(24, 20))
    yield case("drawdown_recovers_exactly", [100.0, 110.0, 110.0, 99.0, 105.0, 110.0, 108.0, 110.0, 111.0], step=quarter)
    yield case("two_equal_drawdowns", [100.0, 90.0, 100.0, 90.0, 100.0, 101.0], step=quarter)
    yield case("dip_inside_a_day", [1_000.0] * 30 + [870.0, 940.0] + [1_000.0] * 30, trades=[{"netPnl": 0.0}])
    yield case("unknown_risk", walk(25, 60, 0.003), trades=trades_of(25, 7, risk=False))
    yield case("fifteen_minutes", walk(26, 96 * 4 + 1, 0.001), step=HOUR // 4, trades=trades_of(26, 11))


def clean(value):
    if value is None:
        return None
    value = float(value)
    return value if math.isfinite(value) else None


def varies(returns):
    return len(returns) > 1 and float(np.ptp(returns)) > 2e-14 * (1 + float(np.max(np.abs(returns))))


def annual_sharpe(returns, periods):
    if not varies(returns):
        return None
    return returns.mean() / returns.std(ddof=1) * math.sqrt(periods)


def daily_block(daily, minimum):
    out = {
        "dailyReturns": daily.tolist(),
        "dailyVolatilityAnnual": daily.std(ddof=1) * math.sqrt(365) if len(daily) > 1 else None,
        "sharpeDaily": annual_sharpe(daily, 365),
        "downsideDeviationDaily": None,
        "sortinoDaily": None,
    }
    if len(daily):
        shortfall = np.minimum(0.0, daily - minimum)
        shortfall[np.abs(shortfall) < 1e-15] = 0.0
        deviation = math.sqrt(float(np.mean(shortfall**2)))
        out["downsideDeviationDaily"] = deviation
        out["sortinoDaily"] = (daily.mean() - minimum) / deviation * math.sqrt(365) if deviation > 0 else None
    names = ["neweyWestLags", "neweyWestVariance", "sharpeNeweyWest", "meanTStatistic", "autocorrelations"]
    names += ["loFactor", "sharpeLo", "skew", "kurtosis", "valueAtRisk95Daily", "expectedShortfall95Daily"]
    out.update(dict.fromkeys(names))
    if len(daily) < 20:
        return out
    count = len(daily)
    lags = math.floor(4 * (count / 100) ** (2 / 9))
    quantile = float(np.quantile(daily, 0.05))
    out.update(neweyWestLags=lags, neweyWestVariance=0.0, valueAtRisk95Daily=-quantile)
    out["expectedShortfall95Daily"] = -float(daily[daily <= quantile].mean())
    if not varies(daily):
        return out
    fit = sm.OLS(daily, np.ones(count)).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": False})
    out["meanTStatistic"] = float(fit.tvalues[0])
    out["neweyWestVariance"] = float(fit.bse[0] ** 2 * count)
    out["sharpeNeweyWest"] = out["meanTStatistic"] / math.sqrt(count) * math.sqrt(365)
    rho = sm.tsa.acf(daily, nlags=6, fft=False)[1:]
    out["autocorrelations"] = rho.tolist()
    inside = 365 + 2 * sum((365 - k) * rho[k - 1] for k in range(1, 7))
    if inside > 0:
        out["loFactor"] = 365 / math.sqrt(inside)
        out["sharpeLo"] = out["loFactor"] * daily.mean() / daily.std(ddof=1)
    out["skew"] = float(stats.skew(daily))
    out["kurtosis"] = float(stats.kurtosis(daily, fisher=False))
    return out


def drawdown_block(equity):
    peak = equity.cummax()
    depth = 1 - equity / peak
    out = {"maxDrawdown": depth.max(), "ulcerIndex": math.sqrt(float((depth**2).mean()))}
    under = equity < peak
    groups = (~under).cumsum()[under]
    out["longestUnderwaterBars"] = int(groups.value_counts().max()) if len(groups) else 0
    out.update(drawdownPeakIndex=None, drawdownTroughIndex=None, drawdownRecoveryIndex=None)
    if depth.max() > 0:
        trough = int(depth.to_numpy().argmax())
        top = peak.iloc[trough]
        before = equity.iloc[: trough + 1]
        out["drawdownTroughIndex"] = trough
        out["drawdownPeakIndex"] = int(np.flatnonzero(before.to_numpy() == top)[-1])
        after = np.flatnonzero(equity.iloc[trough + 1 :].to_numpy() >= top)
        out["drawdownRecoveryIndex"] = trough + 1 + int(after[0]) if len(after) else None
    return out


def trade_block(trades):
    pnl = pd.Series([trade["netPnl"] for trade in trades], dtype=float)
    wins, losses = pnl[pnl > 0], pnl[pnl < 0]
    multiples = [trade["netPnl"] / trade["initialRisk"] for trade in trades if trade.get("initialRisk")]
    return {
        "trades": len(pnl),
        "winRate": len(wins) / len(pnl) if len(pnl) else None,
        "profitFactor": wins.sum() / -losses.sum() if len(losses) else None,
        "profitFactorInfinite": bool(len(wins) and not len(losses)),
        "expectancy": pnl.mean() if len(pnl) else None,
        "averageWin": wins.mean() if len(wins) else None,
        "averageLoss": losses.mean() if len(losses) else None,
        "payoffRatio": wins.mean() / -losses.mean() if len(wins) and len(losses) else None,
        "expectancyR": float(np.mean(multiples)) if multiples else None,
    }


def expected_of(given):
    count = len(given["equity"])
    equity = pd.Series(given["equity"], dtype=float)
    equity.index = pd.to_datetime([given["start"] + i * given["step"] for i in range(count)], unit="ms", utc=True)
    position = pd.Series(given["positionNotional"], index=equity.index, dtype=float)
    ruined = np.flatnonzero(equity.to_numpy() <= 0)
    cut = int(ruined[0]) if len(ruined) else None
    if cut is not None:
        equity, position = equity.iloc[: cut + 1].copy(), position.iloc[: cut + 1]
        equity.iloc[-1] = 0.0
    out = {"ruinedAtIndex": cut, "totalReturn": None, "years": 0.0, "cagr": None, "sharpeBar": None, "calmar": None}
    out.update(dict.fromkeys(["barVolatilityAnnual", "exposureTime", "exposureGross", "exposureNet", "turnoverAnnual"]))
    out.update(trade_block(given["trades"]))
    if not count:
        out.update(daily_block(np.array([]), 0.0))
        names = ["maxDrawdown", "ulcerIndex", "longestUnderwaterBars", "drawdownPeakIndex"]
        out.update(dict.fromkeys([*names, "drawdownTroughIndex", "drawdownRecoveryIndex"]))
        return out
    years = (equity.index[-1] - equity.index[0]) / pd.Timedelta(days=365)
    growth = equity.iloc[-1] / equity.iloc[0]
    bars = equity.pct_change().dropna().to_numpy()
    midnight = equity[equity.index.normalize() == equity.index]
    out.update(daily_block(midnight.pct_change().dropna().to_numpy(), given["minimumReturnDaily"]))
    out.update(drawdown_block(equity))
    out.update(years=years, totalReturn=growth - 1, cagr=growth ** (1 / years) - 1 if years else None)
    per_year = YEAR / given["step"]
    out["barVolatilityAnnual"] = bars.std(ddof=1) * math.sqrt(per_year) if len(bars) > 1 else None
    out["sharpeBar"] = annual_sharpe(bars, per_year)
    if years and out["maxDrawdown"] > 0:
        out["calmar"] = out["cagr"] / out["maxDrawdown"]
    solvent = equity > 0
    out["exposureTime"] = float((position != 0).mean())
    out["exposureGross"] = (position.abs()[solvent] / equity[solvent]).mean()
    out["exposureNet"] = (position[solvent] / equity[solvent]).mean()
    out["turnoverAnnual"] = sum(given["tradedNotional"]) / equity.mean() / years if years else None
    return out


def main():
    result = []
    for entry in cases():
        expected = {}
        for name, value in sorted(expected_of(entry["input"]).items()):
            if isinstance(value, list):
                expected[name] = [clean(item) for item in value]
            else:
                expected[name] = value if isinstance(value, bool) else clean(value)
        result.append({**entry, "expected": expected})
    lines = ",\n".join(json.dumps(entry) for entry in result)
    Path(__file__).with_name("reference.json").write_text(f'{{"cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
