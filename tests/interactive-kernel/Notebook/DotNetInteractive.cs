// Stand-ins for the types of .NET Interactive that extension.dib uses, as its public API listing has them: its packages
// are not to be had here. They are as thin as the tests allow and know one C# kernel.
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Formatting;

#pragma warning disable CA1716 // The host's names.
namespace Microsoft.DotNet.Interactive.Commands
{
    public abstract class KernelCommand;

    public class SubmitCode(string code, string? targetKernelName = null) : KernelCommand
    {
        public string Code { get; } = code;

        public string? TargetKernelName { get; } = targetKernelName;
    }
}

namespace Microsoft.DotNet.Interactive
{
    public interface IKernelCommandHandler<in TCommand> where TCommand : KernelCommand
    {
        Task HandleAsync(TCommand command, KernelInvocationContext context);
    }

    public abstract class Kernel(string name)
    {
        public string Name { get; } = name;

        public static Kernel Root { get; set; } = new CompositeKernel();

        public virtual Task SendAsync(KernelCommand command, CancellationToken cancellationToken = default) =>
            ((IKernelCommandHandler<SubmitCode>)this).HandleAsync((SubmitCode)command, KernelInvocationContext.Current!);
    }

    public sealed class CompositeKernel() : Kernel("root")
    {
        private readonly Dictionary<string, Kernel> _children = [];

        public void Add(Kernel kernel, IEnumerable<string>? aliases = null) => _children.Add(kernel.Name, kernel);

        public override Task SendAsync(KernelCommand command, CancellationToken cancellationToken = default) =>
            _children[((SubmitCode)command).TargetKernelName!].SendAsync(command, cancellationToken);
    }

    public sealed class DisplayedValue(List<string> outputs, int index, string mimeType)
    {
        public void Update(object value) => outputs[index] = value.ToDisplayString(mimeType);
    }

    public sealed class KernelInvocationContext
    {
        public static KernelInvocationContext? Current { get; set; }

        public List<string> Outputs { get; } = [];

        public string? Failure { get; private set; }

        public CancellationToken CancellationToken { get; }

        public void Fail(KernelCommand command, Exception? exception = null, string? message = null) => Failure = message ?? exception?.Message;
    }

    public static class KernelInvocationContextExtensions
    {
        public static DisplayedValue Display(this KernelInvocationContext context, object value, params string[] mimeTypes)
        {
            context.Outputs.Add(value.ToDisplayString("text/plain"));
            return new DisplayedValue(context.Outputs, context.Outputs.Count - 1, "text/plain");
        }

        public static DisplayedValue DisplayAs(this KernelInvocationContext context, string value, string mimeType)
        {
            context.Outputs.Add(value);
            return new DisplayedValue(context.Outputs, context.Outputs.Count - 1, mimeType);
        }
    }
}
