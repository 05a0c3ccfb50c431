using Microsoft.DotNet.Interactive.Formatting;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>Turns a value into what a front end can show, in every form that its formatters know.</summary>
internal static class MimeFormatting
{
    public const string PlainText = "text/plain";

    public static MimeBundle ToBundle(object? value) => value switch
    {
        null => Plain("null"),
        MimeBundle bundle => bundle,
        IMimeBundleSource source => source.ToMimeBundle(),
        _ => ToBundle(value, Formatter.GetPreferredMimeTypesFor(value.GetType())),
    };

    public static MimeBundle Plain(string text) => new(new Dictionary<string, string> { [PlainText] = text });

    private static MimeBundle ToBundle(object value, IEnumerable<string> mimeTypes)
    {
        var data = new Dictionary<string, string>();
        if (!IsPlainInEveryForm(value))
        {
            foreach (var mimeType in mimeTypes)
                data[mimeType] = value.ToDisplayString(mimeType);
        }

        // Every output carries text: terminals, searches and diffs read nothing else.
        data.TryAdd(PlainText, value.ToDisplayString(PlainText));
        return new MimeBundle(data);
    }

    // A number in a box of HTML says no more than the number.
    private static bool IsPlainInEveryForm(object value) =>
        value is string or decimal or DateTime or DateTimeOffset or TimeSpan or Guid or Enum || value.GetType().IsPrimitive;
}
