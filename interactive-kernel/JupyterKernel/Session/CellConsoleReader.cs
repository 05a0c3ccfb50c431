namespace SchedulerActivations.JupyterKernel.Session;

/// <summary><see cref="Console.In"/> of a cell: lines come from the person at the notebook.</summary>
internal sealed class CellConsoleReader(TextReader outsideCells) : TextReader
{
    private string _line = "";
    private int _next;

    public override string? ReadLine()
    {
        if (_next < _line.Length)
        {
            var rest = _line[_next..].TrimEnd('\n');
            _next = _line.Length;
            return rest;
        }

        return AskForLine();
    }

    public override int Peek() => Fill() ? _line[_next] : -1;

    public override int Read() => Fill() ? _line[_next++] : -1;

    private bool Fill()
    {
        if (_next < _line.Length)
            return true;
        if (AskForLine() is not { } line)
            return false;
        (_line, _next) = (line + "\n", 0);
        return true;
    }

    private string? AskForLine()
    {
        if (CellContext.Current is not { } cell)
            return outsideCells.ReadLine();
        if (cell.Input is not { } input)
            throw new InvalidOperationException("This cell cannot read input: nobody is there to be asked (the front end said allow_stdin false, or the notebook is executed without one).");
        return input.ReadLine();
    }
}
