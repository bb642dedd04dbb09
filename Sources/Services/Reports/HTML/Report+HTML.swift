extension Report {
  /// One HTML page that opens without a network: charts are drawn in it, no script runs, and nothing is fetched (its
  /// content security policy forbids both).
  public func html() -> String {
    var body = "<header><h1>\(escaped(title))</h1><p>\(escaped(summary))</p></header>\n<main>\n"
    if let table { body += charts(table) + htmlTable(table) }
    if let list {
      body +=
        "<section><h2>\(list.items.count) \(escaped(list.name))</h2><details open><summary>List</summary><ul>"
      body += list.items.map { "<li>\(escaped($0))</li>" }.joined() + "</ul></details></section>\n"
    }
    for section in sections {
      body += "<section><h2>\(escaped(section.title))</h2><dl>\n"
      body += section.facts.map {
        "<div><dt>\(escaped($0.name))</dt><dd>\(escaped($0.value))</dd></div>\n"
      }.joined()
      body += "</dl></section>\n"
    }
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>\(escaped(title))</title>
      <style>\(pageStyle)</style>
      </head>
      <body>
      \(body)</main>
      </body>
      </html>

      """
  }

  private func charts(_ table: ReportTable) -> String {
    let hasGrid = !table.groupColumns.isEmpty && !table.cellColumns.isEmpty
    return table.quantities.indices.map { index in
      let quantity = table.quantities[index]
      var html = "<section><h2>\(escaped(quantity.title))</h2>\n"
      if hasGrid, let map = HeatMap(table, quantity: index) {
        html += map.svg
        if table.rows.contains(where: \.isHidden) { html += "<p>Hatched cells are hidden.</p>\n" }
      }
      let chart = BarChart(table, quantity: index)
      let isOpen = index == 0 || !hasGrid
      html +=
        "<details\(isOpen ? " open" : "")><summary>Bars\(table.isNoisy ? " with noise intervals" : "")</summary>"
      return html + chart.svg + "</details></section>\n"
    }.joined()
  }

  private func htmlTable(_ table: ReportTable) -> String {
    var html = "<section><h2>Table</h2>"
    if table.isNoisy {
      html += "<p>After ± stands the noise: the number without it lies within in 95 of 100 cases.</p>"
    }
    html += "<div class=\"scroll\"><table><thead><tr>"
    html += (table.groupColumns + table.cellColumns).map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
    html += table.quantities.map { "<th scope=\"col\" class=\"n\">\(escaped($0.title))</th>" }.joined()
    html += "</tr></thead><tbody>\n"
    for row in table.rows {
      html += "<tr>" + row.labels.map { "<th scope=\"row\">\(escaped($0))</th>" }.joined()
      html += zip(table.quantities, row.entries).map {
        "<td class=\"n\">\($1.text(decimals: $0.decimals))</td>"
      }.joined()
      html += "</tr>\n"
    }
    return html + "</tbody></table></div></section>\n"
  }
}

/// Text as HTML shows it, inside elements and quoted attributes.
package func escaped(_ text: String) -> String {
  var result = ""
  for character in text.unicodeScalars {
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    default: result.unicodeScalars.append(character)
    }
  }
  return result
}

private let pageStyle = """
  :root{--ink:#1b1f24;--soft:#5b6570;--line:#d8dee4;--paper:#fff;--bar:#2f6db5;--minus:#b5562f}
  *{box-sizing:border-box}body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);
  max-width:68rem;margin:0 auto;padding:1.5rem}h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .5rem}
  header p{color:var(--soft);margin:.25rem 0 0}svg{max-width:100%;height:auto;display:block}
  svg text{font:12px system-ui,sans-serif;fill:var(--ink)}svg .soft{fill:var(--soft)}svg .axis{stroke:var(--line)}
  details{margin-top:.75rem}summary{cursor:pointer;color:var(--soft)}.scroll{overflow:auto;max-height:36rem;border:1px solid var(--line)}
  table{border-collapse:collapse;font-size:.9rem;width:100%}th,td{padding:.25rem .6rem;text-align:left;
  border-bottom:1px solid var(--line);font-weight:400;white-space:nowrap}thead th{position:sticky;top:0;
  background:var(--paper);font-weight:600}.n{text-align:right;font-variant-numeric:tabular-nums}
  dl{margin:0}dl div{display:grid;grid-template-columns:14rem 1fr;gap:1rem;border-bottom:1px solid var(--line);
  padding:.25rem 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
  @media(max-width:40rem){dl div{grid-template-columns:1fr;gap:0}}
  @media print{details:not([open])>*{display:block}.scroll{max-height:none}}
  """
