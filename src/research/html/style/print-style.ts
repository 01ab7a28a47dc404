// How does the report look on paper? All panes one after the other, in dark ink on white, without what only a screen can do.

export const PRINT_STYLE = `@media print{
:root{--paper:#fff;--panel:#fff;--ink:#000;--soft:#444;--faint:#ddd;--rule:#aaa}
body{font-size:10.5pt}
.wide{max-width:none;padding:0}
nav,.skip,.switch>label,.controls,.overview,.readout,.trades .scroll,.choose>label{display:none}
.switch>.pane{display:block}
.pane-name{display:block;font-weight:600;margin:8px 0 2px}
.scroll,.scroll.tall{overflow:visible;max-height:none}
table{font-size:7.5pt}th,td{padding:2px 4px;white-space:normal}thead th{min-width:0}td.prose{min-width:0}
.bars-table th,.bars-table td{white-space:nowrap}.forest .text.roomy{display:none}
section,figure,.verdict,tr{break-inside:avoid}
section{padding-top:16px}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`;
