using Plotly.NET;

namespace SchedulerActivations.Notebook;

/// <summary>
/// The chart library plotly.js, once a page, from the copy that Plotly.NET carries: no chart needs the internet, and a
/// page with ten charts is 3.6 MB and not 36.
/// </summary>
public static class PlotlyBundle
{
    private static readonly Lazy<string> s_script = new(Build);

    /// <summary>
    /// JavaScript that defines <c>window.Plotly</c>, unless a script before it has, and draws the charts that wait for it.
    /// </summary>
    /// <remarks>
    /// In the classic notebook require.js is on the page, and plotly.js would hand itself to that and define no global:
    /// it runs in a function in which <c>define</c>, <c>module</c> and <c>exports</c> do not exist.
    /// </remarks>
    public static string Script => s_script.Value;

    private static string Build()
    {
        var assembly = typeof(GenericChart).Assembly;
        var name = Array.Find(assembly.GetManifestResourceNames(), name => name.EndsWith(".min.js", StringComparison.Ordinal))
            ?? throw new InvalidOperationException("This version of Plotly.NET carries no plotly.js.");
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        var plotly = reader.ReadToEnd();
        return $$"""
            if (!window.Plotly) (function () {
            var define, module, exports;
            {{plotly}}
            }).call(window);
            (function (waiting) {
              function draw(chart) {
                document.querySelectorAll('[data-chart="' + chart.name + '"]:not([data-drawn])').forEach(function (place) {
                  place.setAttribute("data-drawn", "");
                  var ink = getComputedStyle(place).color, picture = place.querySelector("img"), plot = document.createElement("div");
                  plot.style.height = chart.height + "px";
                  place.appendChild(plot);
                  if (picture) picture.style.display = "none";
                  // Each view of a chart gets a copy: plotly.js writes into what it is given.
                  var figure = JSON.parse(JSON.stringify(chart.figure));
                  figure.layout.font = { family: getComputedStyle(place).fontFamily, size: 12, color: ink };
                  figure.layout.modebar = { bgcolor: "rgba(0,0,0,0)", color: "rgba(127,127,127,.6)", activecolor: ink };
                  window.Plotly.newPlot(plot, figure.data, figure.layout, {
                    responsive: true, displaylogo: false, modeBarButtonsToRemove: ["select2d", "lasso2d"],
                    toImageButtonOptions: { scale: 2 }
                  }).catch(function (error) {
                    console.error(error);
                    plot.remove();
                    if (picture) picture.style.display = "";
                  });
                });
              }
              window.schedulerCharts = { push: draw };
              if (Array.isArray(waiting)) waiting.forEach(draw);
            })(window.schedulerCharts);
            """;
    }
}
