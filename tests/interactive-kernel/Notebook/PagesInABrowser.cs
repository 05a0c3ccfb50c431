using System.Diagnostics;
using System.Text.RegularExpressions;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

/// <summary>Pages with charts in headless Chromium, which has no network here.</summary>
public sealed class PagesInABrowser : IDisposable
{
    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome"];
    private readonly string _folder = Directory.CreateTempSubdirectory("pages-").FullName;

    [SkippableFact]
    public async Task A_saved_comparison_draws_its_charts()
    {
        var page = Path.Combine(_folder, "page.html");
        new Comparison(SampleResults.Compared()).SaveHtml(page);
        var dom = await Dom(page);
        Assert.Equal(3, Regex.Count(dom, "class=\"scheduler-chart\"[^>]*data-drawn"));
        Assert.Equal(3, Regex.Count(dom, "<img [^>]*display: ?none"));
        Assert.Equal(4 + 2 + 2, Regex.Count(dom, "class=\"subplot x[0-9]*y[0-9]*\""));
        Assert.Contains("IoFirst", dom, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_chart_library_may_come_after_the_charts_and_beside_require_js()
    {
        // As in the classic notebook: a global define that claims to be an AMD loader.
        var page = Path.Combine(_folder, "classic.html");
        await File.WriteAllTextAsync(page, $"""
            <html><head><meta charset="utf-8"><script>window.define = function () {"{ window.defined = true; }"}; window.define.amd = true;</script></head>
            <body>{new Comparison(SampleResults.Compared()).ReactivityChart().ToHtml()}{NotebookLibrary.PageHead}
            <script>document.body.setAttribute("data-defined", String(!!window.defined))</script></body></html>
            """);
        var dom = await Dom(page);
        Assert.Contains("data-defined=\"false\"", dom, StringComparison.Ordinal);
        Assert.Matches("class=\"scheduler-chart\"[^>]*data-drawn", dom);
    }

    [SkippableFact]
    public async Task Without_the_chart_library_the_picture_stays()
    {
        var page = Path.Combine(_folder, "bare.html");
        await File.WriteAllTextAsync(page, $"<html><body>{new Comparison(SampleResults.Compared()).ReactivityChart().ToHtml()}</body></html>");
        var dom = await Dom(page);
        Assert.DoesNotContain("data-drawn", dom, StringComparison.Ordinal);
        Assert.DoesNotContain("display: none", dom, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // Chromium's children may still be writing; it is a temporary folder.
        }
    }

    /// <summary>The page after its scripts have run.</summary>
    private async Task<string> Dom(string page)
    {
        var chromium = s_names.SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        Skip.If(chromium is null, "Chromium is not installed (Debian: apt-get install chromium).");
        var start = new ProcessStartInfo(chromium) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--user-data-dir=" + Path.Combine(_folder, "profile"), "--window-size=1000,2000", "--virtual-time-budget=20000", "--dump-dom", "file://" + page];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            var dom = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.True(dom.Length > 0, await errors);
            return dom;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
