using System.Text.Json.Nodes;
using SchedulerActivations.JupyterKernel.Messages;
using SchedulerActivations.JupyterKernel.Session;
using SchedulerActivations.JupyterKernel.Wire;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>Runs a cell. https://jupyter-client.readthedocs.io/en/stable/messaging.html#execute</summary>
internal static class ExecuteHandler
{
    public static async Task HandleAsync(Request request, KernelState kernel)
    {
        if (kernel.Shell.WasCalledOff(request) || kernel.IsShuttingDown)
        {
            kernel.Reply(request, new AbortedReply());
            return;
        }

        var cell = request.Read(WireJson.Default.ExecuteRequest);
        var counts = cell is { Silent: false, StoreHistory: true };
        var number = counts ? ++kernel.ExecutionCount : kernel.ExecutionCount;
        if (!cell.Silent)
            kernel.Publish(request, "execute_input", new ExecuteInput(cell.Code, number));

        var output = new CellMessages(kernel, request);
        var input = cell.AllowStdin ? kernel.Stdin.InputOf(request) : null;
        var name = counts ? Cell.NameOf(number) : Cell.NameOfUnnumbered(++kernel.UnnumberedCount);
        var outcome = await kernel.Session.ExecuteAsync(new Cell(name, cell.Code), output, input);
        var result = (outcome as CellOutcome.Succeeded)?.Result;
        if (counts)
            kernel.History.Add(number, cell.Code, result?.Data.GetValueOrDefault(MimeFormatting.PlainText));

        if (outcome is CellOutcome.Failed { Error: var error })
            Fail(request, kernel, cell, number, error);
        else
            await SucceedAsync(request, kernel, cell, number, result, output);
    }

    private static async Task SucceedAsync(Request request, KernelState kernel, ExecuteRequest cell, int number, MimeBundle? result, CellMessages output)
    {
        if (result is not null && !cell.Silent)
            kernel.Publish(request, "execute_result", new ExecuteResult(number, CellMessages.ToJson(result), []));
        var expressions = new JsonObject();
        foreach (var (name, expression) in cell.UserExpressions ?? new Dictionary<string, string>())
            expressions[name] = await EvaluateAsync(kernel, expression, output);
        kernel.Reply(request, new ExecuteReply(number, expressions, []));
    }

    private static void Fail(Request request, KernelState kernel, ExecuteRequest cell, int number, CellError error)
    {
        if (!cell.Silent)
            kernel.Publish(request, "error", new ErrorOutput(error.Name, error.Message, error.Traceback));
        if (cell.StopOnError)
            kernel.Shell.CallOffWaiting();
        kernel.Reply(request, new ExecuteErrorReply(number, error.Name, error.Message, error.Traceback));
    }

    private static async Task<JsonObject> EvaluateAsync(KernelState kernel, string expression, CellMessages output) =>
        await kernel.Session.ExecuteAsync(new Cell($"expression '{expression}'", expression), output) switch
        {
            CellOutcome.Failed { Error: var error } => new()
            {
                ["status"] = "error",
                ["ename"] = error.Name,
                ["evalue"] = error.Message,
                ["traceback"] = new JsonArray([.. error.Traceback.Select(static line => (JsonNode?)line)]),
            },
            CellOutcome.Succeeded { Result: var result } => new()
            {
                ["status"] = "ok",
                ["data"] = result is null ? [] : CellMessages.ToJson(result),
                ["metadata"] = new JsonObject(),
            },
            _ => throw new InvalidOperationException("A cell ends in one of two ways."),
        };
}
