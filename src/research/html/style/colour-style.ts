// Which colours does the report have? Pairs that colour-blind people tell apart, in a light and a dark set.

// Series: bluish green, blue, vermilion, purple, ochre, sky, after Okabe and Ito. Gain and loss: blue and orange.
export const COLOUR_STYLE = `:root{
--paper:#fdfdfb;--panel:#f5f5f1;--ink:#1d2126;--soft:#5c646d;--faint:#dfe1de;--rule:#c9ccc9;
--gain:#1f6fb0;--loss:#b8560f;--accent:#1f6fb0;--alarm:#b3261e;--alarm-paper:#fdf0ee;--kept:#1f6fb0;
--s0:#00805c;--s1:#0062a8;--s2:#cf4f00;--s3:#9a4d86;--s4:#8a6d00;--s5:#2e8fc4;--hold:#7d848b;
--r-up:#4a8fc7;--r-down:#d98a4e;--r-range:#d5d7d3;--r-volatile:#8d6aa8;--r-unknown:#eeeeea}
@media screen and (prefers-color-scheme:dark){:root{
--paper:#14171a;--panel:#1b1f23;--ink:#e6e8e6;--soft:#9aa3ab;--faint:#2a2f34;--rule:#3b4147;
--gain:#6db3ec;--loss:#f0984f;--accent:#6db3ec;--alarm:#ff8a80;--alarm-paper:#2a1a19;--kept:#6db3ec;
--s0:#36c496;--s1:#62aef0;--s2:#ff8b4a;--s3:#d690c2;--s4:#d6b13c;--s5:#8fd0f5;--hold:#8b939b;
--r-up:#3f7fb5;--r-down:#b96f35;--r-range:#343a40;--r-volatile:#8a68a6;--r-unknown:#202428}}`;
