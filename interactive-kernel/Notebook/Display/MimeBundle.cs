namespace SchedulerActivations.Notebook;

/// <summary>One value in several forms, of which a front end shows the best it can.</summary>
/// <param name="Data">The forms by mime type: text as it is, pictures in base64.</param>
public sealed record MimeBundle(IReadOnlyDictionary<string, string> Data)
{
    /// <summary>Mime type of a picture in PNG.</summary>
    public const string Png = "image/png";

    /// <summary>Mime type of HTML.</summary>
    public const string Html = "text/html";

    /// <summary>Mime type of plain text.</summary>
    public const string Plain = "text/plain";
}
