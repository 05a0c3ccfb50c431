namespace SchedulerActivations.Notebook;

/// <summary>One thing the compiler says about a cell. Lines and columns count from 1, as the user sees the cell: its magic line is line 1.</summary>
/// <param name="IsError">False for a warning.</param>
/// <param name="Code">The compiler's code (CS0246), or one of ours (CELL001).</param>
/// <param name="Message">What is wrong and, where we know it, what to do.</param>
/// <param name="Line">The line of the cell.</param>
/// <param name="Column">The first column it is about.</param>
/// <param name="EndColumn">The column after the last; at least one more than <paramref name="Column"/>.</param>
/// <param name="SourceLine">The text of that line.</param>
public sealed record CellDiagnostic(bool IsError, string Code, string Message, int Line, int Column, int EndColumn, string SourceLine);
