namespace SchedulerActivations.JupyterKernel.Language;

/// <summary>Jupyter counts positions in Unicode characters, .NET in UTF-16 units; an emoji is one of those and two of these.</summary>
internal static class UnicodePosition
{
    public static int ToUtf16(string text, int characters)
    {
        var at = 0;
        for (var count = 0; count < characters && at < text.Length; count++)
            at += char.IsSurrogatePair(text, at) ? 2 : 1;
        return at;
    }

    public static int FromUtf16(string text, int units)
    {
        var count = 0;
        for (var at = 0; at < units && at < text.Length; count++)
            at += char.IsSurrogatePair(text, at) ? 2 : 1;
        return count;
    }
}
