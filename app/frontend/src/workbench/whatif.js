// 假设分析 works without a script; progress is fetched anew by htmx, which every page has.
