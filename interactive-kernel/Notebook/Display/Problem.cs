namespace SchedulerActivations.Notebook;

/// <summary>Something that went wrong in a run and that its reader must not miss.</summary>
/// <param name="Heading">What and where, in a line.</param>
/// <param name="Message">What happened and what to do.</param>
/// <param name="SourceLine">The line of source that it is about, with its number; else null.</param>
/// <param name="Details">More text, folded away: a stack trace; else null.</param>
/// <param name="DetailsTitle">What the details are.</param>
internal sealed record Problem(string Heading, string Message, string? SourceLine = null, string? Details = null, string DetailsTitle = "Stack trace");
