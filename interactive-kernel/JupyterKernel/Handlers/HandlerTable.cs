using System.Collections.Frozen;

namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>Everything that this kernel answers, in one place.</summary>
internal static class HandlerTable
{
    public static readonly FrozenDictionary<string, Handler> All = new Dictionary<string, Handler>
    {
        ["kernel_info_request"] = KernelInfoHandler.HandleAsync,
        ["execute_request"] = ExecuteHandler.HandleAsync,
        ["complete_request"] = CompleteHandler.HandleAsync,
        ["inspect_request"] = InspectHandler.HandleAsync,
        ["is_complete_request"] = IsCompleteHandler.HandleAsync,
        ["history_request"] = HistoryHandler.HandleAsync,
        ["comm_info_request"] = CommHandler.InfoAsync,
        ["comm_open"] = CommHandler.OpenAsync,
        ["comm_msg"] = CommHandler.IgnoreAsync,
        ["comm_close"] = CommHandler.IgnoreAsync,
        ["interrupt_request"] = InterruptHandler.HandleAsync,
        ["shutdown_request"] = ShutdownHandler.HandleAsync,
    }.ToFrozenDictionary();
}
