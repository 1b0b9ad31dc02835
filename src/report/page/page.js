"use strict";
(() => {
  const runs = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  // Okabe and Ito's palette, told apart by all kinds of colour vision; dashes and marks beside it.
  const colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A6D00", "#7F7F7F"];
  const marks = ["circle", "rect", "triangle", "rectRot", "crossRot", "star", "rectRounded", "cross"];
  const unique = (list) => [...new Set(list)];
  const number = (value, digits = 3) =>
    value === null || value === undefined ? "-" : Number(value.toPrecision(digits)).toString();

  // A line of the frontier: a scheme of a run.
  const series = runs.flatMap((run, r) =>
    unique(run.points.map((p) => p.scheme)).map((scheme) => ({
      run: r, scheme, name: runs.length > 1 ? `${run.name}: ${scheme}` : scheme, shown: true,
    })));
  series.forEach((s, i) => {
    s.colour = colours[i % colours.length];
    s.mark = marks[i % marks.length];
    s.dash = [[], [6, 3], [2, 2]][Math.floor(i / colours.length) % 3];
  });
  const state = { cell: null, beside: "", segment: 0 };

  const fill = (select, options, chosen) => {
    select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
    if (options.some(([value]) => value === chosen)) select.value = chosen;
  };
  const element = (tag, text, parent) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (parent) parent.append(made);
    return made;
  };
  const table = (where, head, rows) => {
    where.replaceChildren();
    const top = element("tr", undefined, element("thead", undefined, where));
    head.forEach((text) => { element("th", text, top).scope = "col"; });
    const body = element("tbody", undefined, where);
    rows.forEach((row) => {
      const line = element("tr", undefined, body);
      row.forEach((text) => element("td", text, line));
    });
  };

  // ---- frontier
  const same = (point, cell) => point.scheme === cell.scheme && point.weight === cell.weight
    && point.constraints === cell.constraints && point.fixed === cell.fixed;
  const pointName = (p) => (p.weight !== null ? `${p.scheme}, weight ${number(p.weight)}`
    : [p.scheme, p.fixed, p.constraints].filter(Boolean).join(" "));
  // The points that no other beats, nor two others in turn where savings are between hulls.
  const best = (points, hull) => {
    const line = [];
    const passedOver = (a, b, c) => (b.y - a.y) * (c.x - a.x) <= (c.y - a.y) * (b.x - a.x);
    [...points].sort((a, b) => a.x - b.x || b.y - a.y).forEach((p) => {
      if (line.length && p.y <= line[line.length - 1].y) return;
      while (hull && line.length > 1 && passedOver(line[line.length - 2], line[line.length - 1], p)) line.pop();
      line.push(p);
    });
    return line;
  };
  const shownPoints = (s) => {
    const x = byId("across").value;
    const y = byId("up").value;
    return runs[s.run].points
      .filter((p) => p.scheme === s.scheme && p.clip === byId("clip").value
        && p.part === byId("part").value && p[x] !== undefined && p[y] !== undefined)
      .map((p) => ({ x: p[x], y: p[y], point: p, run: s.run,
        bar: { x: x === "kbps" ? [p.kbps_ci_lo, p.kbps_ci_hi] : [],
               y: y === "accuracy" ? [p.accuracy_ci_lo, p.accuracy_ci_hi] : [] } }));
  };
  const intervals = {
    id: "intervals",
    beforeDatasetsDraw(chart) {
      const { ctx, scales: { x, y } } = chart;
      chart.data.datasets.forEach((dataset, i) => {
        if (!dataset.withBars || !chart.isDatasetVisible(i)) return;
        ctx.save();
        ctx.strokeStyle = dataset.borderColor;
        ctx.globalAlpha = 0.35;
        dataset.data.forEach((p) => {
          ctx.beginPath();
          if (p.bar.y.length && p.bar.y[0] !== undefined) {
            ctx.moveTo(x.getPixelForValue(p.x), y.getPixelForValue(p.bar.y[0]));
            ctx.lineTo(x.getPixelForValue(p.x), y.getPixelForValue(p.bar.y[1]));
          }
          if (p.bar.x.length && p.bar.x[0] !== undefined) {
            ctx.moveTo(x.getPixelForValue(p.bar.x[0]), y.getPixelForValue(p.y));
            ctx.lineTo(x.getPixelForValue(p.bar.x[1]), y.getPixelForValue(p.y));
          }
          ctx.stroke();
        });
        ctx.restore();
      });
    },
  };
  const axis = (title, type = "linear") => ({
    type, title: { display: true, text: title, color: ink("--faint") },
    ticks: { color: ink("--faint"), maxRotation: 0, autoSkipPadding: 12,
      callback: (value) => Number(value.toPrecision(3)).toString() },
    grid: { color: ink("--line") },
  });
  let frontier = null;
  const frontierSets = () => series.filter((s) => s.shown).flatMap((s) => {
    const points = shownPoints(s);
    const chosen = (c) => state.cell && c.raw && c.raw.run === state.cell.run
      && same(c.raw.point, state.cell.cell);
    return [
      { label: s.name, data: points, withBars: true, borderColor: s.colour,
        backgroundColor: s.colour, pointStyle: s.mark, showLine: false,
        pointRadius: (c) => (chosen(c) ? 8 : 4), pointHoverRadius: 7 },
      { label: s.name, data: best(points, runs[s.run].hull), borderColor: s.colour, borderDash: s.dash, borderWidth: 1.5,
        showLine: true, pointRadius: 0, pointHitRadius: 0, pointHoverRadius: 0 },
    ];
  });
  const textOf = (select) => select.options[select.selectedIndex].text;
  function drawFrontier() {
    if (frontier) frontier.destroy();
    const positive = byId("across").value !== "delay_s";
    frontier = new Chart(byId("frontier"), {
      type: "scatter",
      data: { datasets: frontierSets() },
      plugins: [intervals],
      options: {
        animation: false, responsive: true, maintainAspectRatio: false,
        scales: { x: axis(textOf(byId("across")), positive ? "logarithmic" : "linear"),
                  y: axis(textOf(byId("up"))) },
        plugins: {
          legend: { display: false },
          tooltip: {
            filter: (item) => item.dataset.withBars,
            callbacks: { label: (item) => {
              const p = item.raw.point;
              return [pointName(p), `accuracy ${number(p.accuracy, 4)}, ${number(p.kbps)} kbit/s`,
                `95 %: ${number(p.accuracy_ci_lo)} to ${number(p.accuracy_ci_hi)}`];
            } },
          },
        },
        onClick: (event) => {
          const hit = frontier.getElementsAtEventForMode(event, "nearest", { intersect: true }, false)
            .find((h) => frontier.data.datasets[h.datasetIndex].withBars);
          if (!hit) return;
          const raw = frontier.data.datasets[hit.datasetIndex].data[hit.index];
          follow(raw.run, raw.point);
        },
      },
    });
  }
  byId("frontier").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = series.filter((s) => s.shown).flatMap((s) => shownPoints(s).sort((a, b) => a.x - b.x));
    if (!all.length) return;
    const at = all.findIndex((p) => state.cell && p.run === state.cell.run
      && same(p.point, state.cell.cell));
    const next = all[(at + step + all.length) % all.length];
    follow(next.run, next.point);
  });

  // ---- savings
  const percent = (value) => `${Math.round(value * 100)} %`;
  function savingText(row) {
    if (!row) return "";
    if (row.saving === null) return row.status;
    const range = row.lo === null ? "" : ` (${Math.round(row.lo * 100)} to ${Math.round(row.hi * 100)})`;
    return percent(row.saving) + range + (row.status === "ok" ? "" : " *");
  }
  function drawSavings() {
    const resource = byId("across").value === "gflop" ? "gflop" : "kbps";
    const rows = runs.flatMap((run, r) => {
      const shown = series.filter((s) => s.shown && s.run === r).map((s) => s.scheme);
      const found = run.savings.filter((s) => s.clip === byId("clip").value
        && s.part === byId("part").value && s.resource === resource);
      return shown.map((scheme) => [run, scheme,
        new Map(found.filter((s) => s.scheme === scheme).map((s) => [s.baseline, s]))]);
    });
    const baselines = unique(series.filter((s) => s.shown).map((s) => s.scheme));
    table(byId("savings"), ["scheme", ...baselines.map((b) => `over ${b}`)],
      rows.map(([run, scheme, found]) => [runs.length > 1 ? `${run.name}: ${scheme}` : scheme,
        ...baselines.map((b) => savingText(found.get(b)))]));
    const what = resource === "gflop" ? "GPU work" : "bandwidth";
    element("caption", `${what}, with 95 % intervals; * with a remark in savings.csv`, byId("savings"));
  }

  // ---- course
  const key = (run, cell) => JSON.stringify([run, cell.scheme, cell.weight, cell.constraints, cell.fixed]);
  const courseOf = (text, clip) => {
    if (!text) return null;
    const [r, scheme, weight, constraints, fixed] = JSON.parse(text);
    const cell = runs[r].cells.find((c) => c.clip === clip
      && same(c, { scheme, weight, constraints, fixed }));
    return cell ? { run: runs[r], cell } : null;
  };
  const allCells = runs.flatMap((run, r) => {
    const seen = new Map();
    run.cells.forEach((c) => seen.set(key(r, c), (runs.length > 1 ? `${run.name}: ` : "") + pointName(c)));
    return [...seen];
  });
  const marker = {
    id: "marker",
    afterDatasetsDraw(chart) {
      const at = chart.scales.x.getPixelForValue(state.segment);
      const { ctx, chartArea } = chart;
      ctx.save();
      ctx.strokeStyle = ink("--faint");
      ctx.beginPath();
      ctx.moveTo(at, chartArea.top);
      ctx.lineTo(at, chartArea.bottom);
      ctx.stroke();
      ctx.restore();
    },
  };
  let charts = [];
  const lines = (take, stepped) => [[state.beside, "#8A8A8A", 3], [byId("cell").value, colours[0], 1.5]]
    .map(([text, colour, width]) => [courseOf(text, byId("course-clip").value), colour, width])
    .filter(([course]) => course)
    .map(([course, colour, width]) => ({
      label: pointName(course.cell), borderColor: colour, borderWidth: width, pointRadius: 0, stepped,
      data: course.cell.bytes.map((_, t) => ({ x: t, y: take(course, t) })),
    }));
  function drawCourses() {
    charts.forEach((chart) => chart.destroy());
    const where = byId("courses");
    where.replaceChildren();
    const course = courseOf(byId("cell").value, byId("course-clip").value);
    if (!course) { charts = []; return; }
    const knobs = course.run.knobs.map((knob, k) => [knob,
      ({ run, cell }, t) => run.values[cell.configuration[t]][k], "middle"]);
    const rows = [...knobs,
      ["kB sent", ({ cell }, t) => (cell.bytes[t] === null ? null : cell.bytes[t] / 1000), false],
      ["accuracy", ({ cell }, t) => (cell.accuracy[t] === null ? null : cell.accuracy[t] / 1e4), false],
      ["delay (s)", ({ cell }, t) => (cell.delay[t] === null ? null : cell.delay[t] / 1e3), false]];
    charts = rows.map(([title, take, stepped], i) => {
      const holder = element("div", undefined, where);
      holder.className = "chart";
      const canvas = element("canvas", undefined, holder);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${title} over segments`);
      return new Chart(canvas, {
        type: "line",
        data: { datasets: lines(take, stepped) },
        plugins: [marker],
        options: {
          animation: false, responsive: true, maintainAspectRatio: false, parsing: false,
          scales: { x: { ...axis(i + 1 === rows.length ? "segment" : "") }, y: axis(title) },
          plugins: { legend: { display: i === 0, labels: { color: ink("--ink") } } },
          interaction: { mode: "nearest", axis: "x", intersect: false },
          onClick: (event, hits) => { if (hits.length) choose(hits[0].index); },
        },
      });
    });
    const last = course.cell.bytes.length - 1;
    byId("segment").max = last;
    choose(Math.min(state.segment, last));
  }

  // ---- segment
  const playedLine = ({ run, cell }, t) => (cell.failed[t] !== undefined
    ? [pointName(cell), cell.failed[t], "-", "-", "-"]
    : [pointName(cell), run.configurations[cell.configuration[t]],
      number(cell.bytes[t] / 1000, 4), number(cell.accuracy[t] / 1e4, 4),
      cell.delay[t] === null ? "-" : number(cell.delay[t] / 1e3)]);
  const hindsight = (run, clip, cell) => run.cells.filter((c) => c.clip === clip
    && c.weight === cell.weight && c.constraints === cell.constraints
    && run.knowing.includes(c.scheme));
  function choose(t) {
    state.segment = t;
    byId("segment").value = t;
    byId("segment-number").textContent = t;
    charts.forEach((chart) => chart.draw());
    const where = byId("about-segment");
    where.replaceChildren();
    const clip = byId("course-clip").value;
    const course = courseOf(byId("cell").value, clip);
    if (!course) return;
    const { run, cell } = course;
    const beside = courseOf(state.beside, clip);
    const others = hindsight(run, clip, cell).map((c) => ({ run, cell: c }));
    const played = [course, ...(beside ? [beside] : []),
      ...others.filter((o) => o.cell !== cell && (!beside || o.cell !== beside.cell))];
    const holder = element("div", undefined, where);
    holder.className = "scroll";
    table(element("table", undefined, holder), ["played by", "configuration", "kB", "accuracy", "delay (s)"],
      played.map((c) => playedLine(c, t)));
    const steps = run.estimates.filter((e) => e[0] === clip && e[1] === cell.scheme
      && e[2] === cell.weight && e[9] === cell.constraints && e[3] === t);
    if (steps.length) {
      element("p", "What the scheme expected of one step to the next cheaper value, in units of its "
        + "own, beside the accuracy that the step was measured to cost:", where).className = "hint";
      const inner = element("div", undefined, where);
      inner.className = "scroll";
      table(element("table", undefined, inner), ["knob", "from", "to", "expected", "measured"],
        steps.map((e) => [e[4], e[5], e[6], number(e[7], 4), number(e[8] / 1e4, 3)]));
    }
    if (cell.weight === null || !run.about.command_line) return;
    element("p", "What camera, link and server did, and when (for the first clip of the command):",
      where).className = "hint";
    element("code", `oneadapt-sim show --acts --scheme ${cell.scheme} --weights ${cell.weight} `
      + `--segment ${t}, with the other options of: ${run.about.command_line}`, where);
  }
  function follow(run, point) {
    const cells = runs[run].cells.filter((c) => same(c, point));
    if (!cells.length) return;
    state.cell = { run, cell: point };
    byId("cell").value = key(run, point);
    const clips = cells.map((c) => c.clip);
    const wanted = [byId("clip").value, byId("course-clip").value].find((c) => clips.includes(c));
    fill(byId("course-clip"), clips.map((c) => [c, c]), wanted);
    const oracle = hindsight(runs[run], clips[0], point)[0];
    state.beside = oracle && oracle.scheme !== point.scheme ? key(run, oracle) : "";
    byId("beside").value = state.beside;
    if (frontier) frontier.update();
    drawCourses();
  }

  // ---- what is chosen
  const redraw = () => { drawFrontier(); drawSavings(); };
  function start() {
    runs.forEach((run) => {
      element("dt", run.name, byId("about"));
      element("dd", [run.about.command_line, `version ${run.about.version} (${run.about.commit})`]
        .filter(Boolean).join("; "), byId("about"));
    });
    const clips = unique(runs.flatMap((run) => run.points.map((p) => p.clip)));
    fill(byId("clip"), clips.map((c) => [c, c === "all" ? "all clips" : c]), "all");
    const parts = unique(runs.flatMap((run) => run.points.filter((p) => p.segments).map((p) => p.part)));
    fill(byId("part"), parts.map((p) => [p, p === "steady" ? "after the start" : p]), "steady");
    series.forEach((s) => {
      const label = element("label", undefined, byId("schemes"));
      const box = element("input", undefined, label);
      box.type = "checkbox";
      box.checked = true;
      box.addEventListener("change", () => { s.shown = box.checked; redraw(); });
      const swatch = element("span", undefined, label);
      swatch.className = "swatch";
      swatch.style.background = s.colour;
      element("span", s.name, label);
    });
    fill(byId("cell"), allCells);
    fill(byId("beside"), [["", "nothing"], ...allCells], "");
    ["clip", "part", "across", "up"].forEach((id) => byId(id).addEventListener("change", redraw));
    byId("cell").addEventListener("change", () => {
      const [run, scheme, weight, constraints, fixed] = JSON.parse(byId("cell").value);
      follow(run, { scheme, weight, constraints, fixed });
    });
    byId("beside").addEventListener("change", () => { state.beside = byId("beside").value; drawCourses(); });
    byId("course-clip").addEventListener("change", drawCourses);
    byId("segment").addEventListener("input", () => choose(Number(byId("segment").value)));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { redraw(); drawCourses(); });
    redraw();
    const weights = unique(runs[0].points.map((p) => p.weight)).filter((w) => w !== null)
      .sort((a, b) => a - b);
    const first = runs[0].cells.find((c) => c.weight === weights[Math.floor(weights.length / 2)])
      ?? runs[0].cells[0];
    if (first) follow(0, first);
  }
  start();
})();
