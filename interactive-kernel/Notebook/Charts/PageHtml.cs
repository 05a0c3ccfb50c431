using System.Text.Encodings.Web;

namespace SchedulerActivations.Notebook;

/// <summary>A page of its own around some HTML of ours.</summary>
internal static class PageHtml
{
    public static string Of(string title, string body) => $$"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>{{HtmlEncoder.Default.Encode(title)}}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <style>:root{color-scheme:light dark}body{font-family:system-ui,sans-serif;max-width:960px;margin:1.5em auto;padding:0 1em}</style>
        {{NotebookLibrary.PageHead}}
        </head><body>
        {{body}}
        </body></html>
        """;
}
