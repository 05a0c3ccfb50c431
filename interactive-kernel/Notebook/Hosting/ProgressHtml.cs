using System.Globalization;
using System.Text.Encodings.Web;

namespace SchedulerActivations.Notebook;

/// <summary>How far a series of runs or schedules has come, as a bar.</summary>
internal static class ProgressHtml
{
    public static MimeBundle Of(int finished, int total, double share, string what, string current)
    {
        var percent = ((finished + share) / total * 100).ToString("F0", CultureInfo.InvariantCulture);
        var words = $"{finished} of {total} {what}: {current}";
        return new MimeBundle(new Dictionary<string, string>
        {
            [MimeBundle.Html] = $"""
                <div class="scheduler-progress" style="font-size:.92em;opacity:.85"><div style="max-width:32em;height:.45em;background:rgba(127,127,127,.25);border-radius:.25em;overflow:hidden"><div style="width:{percent}%;height:100%;background:#4477AA"></div></div>{HtmlEncoder.Default.Encode(words)}</div>
                """,
            [MimeBundle.Plain] = words,
        });
    }
}
