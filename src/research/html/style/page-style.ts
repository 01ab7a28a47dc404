// How is the page set? Thin system type, aligned numbers, much air; tables scroll inside themselves, the page never sideways.

export const PAGE_STYLE = `*{box-sizing:border-box}
html{color-scheme:light dark;scroll-padding-top:56px;-webkit-text-size-adjust:100%;
font-family:-apple-system,"Segoe UI","Helvetica Neue",Roboto,Arial,system-ui,sans-serif}
body{margin:0;background:var(--paper);color:var(--ink);font-size:15px;line-height:1.55;font-weight:400;
font-variant-numeric:tabular-nums;overflow-wrap:break-word}
.wide{max-width:1120px;margin:0 auto;padding:0 28px}
a{color:var(--accent)}
code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;font-size:.88em}
.skip{position:absolute;left:-999px}
.skip:focus{left:12px;top:12px;background:var(--paper);padding:6px 12px;z-index:3}
header .wide{padding-top:44px;padding-bottom:20px}
h1{font-size:40px;line-height:1.1;font-weight:200;letter-spacing:-.02em;margin:0}
.about{color:var(--soft);margin:10px 0 0}
nav{position:sticky;top:0;z-index:2;background:var(--paper);border-top:1px solid var(--faint);border-bottom:1px solid var(--faint)}
nav .wide{display:flex;justify-content:space-between;gap:12px;overflow-x:auto;scrollbar-width:none;padding-top:10px;padding-bottom:10px}
nav .wide::-webkit-scrollbar{display:none}
nav a{color:var(--soft);text-decoration:none;font-size:12.5px;white-space:nowrap}
nav a:hover,nav a:focus-visible{color:var(--ink)}
section{padding:44px 0 4px}
section+section{border-top:1px solid var(--faint);margin-top:36px}
h2{font-size:26px;line-height:1.2;font-weight:300;letter-spacing:-.01em;margin:0 0 8px}
h3{font-size:15px;font-weight:600;margin:28px 0 4px}
p{margin:0 0 12px}
.lead{color:var(--soft);max-width:74ch;font-size:14px}
.soft,.note{color:var(--soft)}
.nothing{color:var(--soft);font-style:italic}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.synthetic,.alarm{border-left:3px solid var(--alarm);background:var(--alarm-paper);padding:10px 14px;margin:0 0 18px}
.synthetic{border-left-width:6px;font-size:16px}
.answer{font-size:21px;line-height:1.4;font-weight:300;max-width:46ch;margin:6px 0 4px}
.verdicts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:32px;margin:22px 0 28px}
.verdict{min-width:0;border-top:2px solid var(--ink);padding-top:12px;font-size:14px}
.verdict.alarm{background:none;border-left:0;padding:12px 0 0;border-top-color:var(--alarm)}
.verdict h3{margin:0;display:flex;align-items:center;gap:8px;font-weight:500;color:var(--soft)}
.verdict .word{display:flex;align-items:center;gap:10px;font-size:22px;line-height:1.25;font-weight:300;margin:6px 0}
.verdict.alarm .word{color:var(--alarm)}
.verdict .advice{font-weight:600;margin-bottom:6px}
.sign{flex:none;fill:none;stroke:currentColor;stroke-width:1.2;stroke-linecap:round;stroke-linejoin:round}
.scroll{position:relative;overflow-x:auto;background:linear-gradient(to right,var(--paper) 40%,transparent) left/48px 100% no-repeat local,linear-gradient(to left,var(--paper) 40%,transparent) right/48px 100% no-repeat local,linear-gradient(to right,var(--faint),transparent) left/14px 100% no-repeat scroll,linear-gradient(to left,var(--faint),transparent) right/14px 100% no-repeat scroll;max-width:100%;margin:12px 0 20px}
.scroll.tall{max-height:520px;overflow:auto}
.tall thead th{position:sticky;top:0;background:var(--paper);z-index:1}
.scroll:focus-visible,canvas:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:13px;line-height:1.35}
th,td{padding:6px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--faint);font-weight:400}
th:first-child,td:first-child{padding-left:0}
th:last-child,td:last-child{padding-right:2px}
thead th{color:var(--soft);font-size:12px;vertical-align:bottom;border-bottom-color:var(--rule);white-space:normal;min-width:56px}
th[scope=row],th[scope=rowgroup],.text{text-align:left}
th[scope=rowgroup]{vertical-align:top}
tr:has(.prose)>*{vertical-align:top}
td.prose{white-space:normal;min-width:260px}
.lines th[scope=row]{white-space:normal;min-width:118px}.lines td{white-space:normal;min-width:88px}
tbody tr:hover td,tbody tr:hover th{background:var(--panel)}
.plus{color:var(--gain)}.minus{color:var(--loss)}
.verdict td.target{color:var(--soft)}
.mark{margin-left:5px}.kept .mark{color:var(--kept)}.missed .mark{color:var(--loss)}
td.spent,.spent{color:var(--alarm);font-weight:600}
td.differs{font-weight:600}
td.heat{background:color-mix(in srgb,transparent,var(--tone) var(--heat));border-bottom-color:var(--paper)}
tbody tr:hover td.heat{background:color-mix(in srgb,var(--panel),var(--tone) var(--heat))}
td.gain{--tone:var(--gain)}td.loss{--tone:var(--loss)}
.calendar th,.calendar td{padding-left:7px;padding-right:7px}
.calendar tbody+tbody tr:first-child>*{border-top:1px solid var(--rule)}
.calendar thead th:first-child,.calendar th[scope=rowgroup]{padding-left:0}
.calendar th:first-child[scope=row]{padding-left:7px}td.heat:not(.gain):not(.loss){color:var(--soft)}
.calendar .whole{font-weight:600}
.heat-map{width:auto}.heat-map thead th{text-align:center}.heat-map td{text-align:center;min-width:64px}
.wide-map{width:100%;max-width:720px}.wide-map td,.wide-map th{padding-top:3px;padding-bottom:3px}
.heat-map small{display:block;opacity:.82;font-size:11px}
.bars-table th,.bars-table td{border-bottom:0;padding-top:2px;padding-bottom:2px}
.bars-table th{width:1%;max-width:150px;overflow:hidden;text-overflow:ellipsis}
.bars-table .bar-cell{width:99%;min-width:90px;line-height:0}
.forest td,.forest th{padding:0 12px 0 0}
.forest thead th{width:auto}
.forest tr.group th{padding-top:12px;font-weight:600}
.bars-table tr:hover>*{background:none}
details{margin:8px 0 16px}
summary{cursor:pointer;color:var(--soft);font-size:14px}
.facts,.glossary{display:grid;margin:16px 0;font-size:14px}
.facts{grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:4px 32px}
.facts div{display:flex;gap:12px;border-bottom:1px solid var(--faint);padding:5px 0;min-width:0}
.facts dt{color:var(--soft);flex:0 0 104px}.facts dd{margin:0;min-width:0}
.hash{overflow-wrap:anywhere}
.glossary{grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:10px 40px}
.glossary dt{font-weight:600}.glossary dd{margin:0;color:var(--soft)}
.failures{padding-left:18px;font-size:14px}
.switch>input{position:absolute;opacity:0;width:1px;height:1px}
.switch>label{display:inline-block;max-width:100%;padding:4px 12px;margin:3px 6px 3px 0;border:1px solid var(--rule);border-radius:99px;font-size:13px;color:var(--soft);cursor:pointer}
.switch>label:hover{color:var(--ink)}
.choose>label{display:inline-flex;align-items:center;gap:8px;font-size:13px;color:var(--soft)}
.switch>input:checked+label{background:var(--ink);border-color:var(--ink);color:var(--paper)}
.switch>input:focus-visible+label{outline:2px solid var(--accent);outline-offset:2px}
.switch>.pane,.choose>.pane{display:none;margin-top:12px}
.pane-name{display:none}
footer{color:var(--soft);font-size:13px;padding-top:32px;padding-bottom:48px}
@media (max-width:640px){
.roomy{display:none}
.cards thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.cards,.cards tbody{display:block}
.cards tr{display:grid;grid-template-columns:1fr 1fr;gap:0 20px;padding:10px 0;border-bottom:1px solid var(--rule)}
.cards th[scope=row]{border:0;padding:0 0 4px;font-weight:600}
.cards td{display:flex;justify-content:space-between;gap:8px;padding:4px 0;border-bottom:1px solid var(--faint);white-space:normal}
.cards td::before{content:attr(data-name);color:var(--soft);text-align:left}
.wide{padding:0 16px}
header .wide{padding-top:28px}
h1{font-size:32px}h2{font-size:23px}
section{padding-top:32px}section+section{margin-top:24px}
.answer{font-size:19px}
.facts dt{flex-basis:92px}}`;
