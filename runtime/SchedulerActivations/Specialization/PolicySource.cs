using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace SchedulerActivations.Specialization;

/// <summary>
/// Finds a policy's own source line for an error message, from its debug information: embedded in the image of a
/// cell's assembly, or embedded in or beside an assembly's file.
/// </summary>
internal static class PolicySource
{
    private const BindingFlags AnyInstance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>The cell or file and the line of the exception's innermost frame in the policy's assembly, or of the policy's member.</summary>
    /// <returns>Nulls where there is no debug information: never an exception, as this runs while another error is reported.</returns>
    public static (string? Cell, int? Line) Locate(Type policy, string member, Exception? exception)
    {
        var frame = InnermostFrame(policy.Assembly, exception);
        if (frame?.GetFileName() is { Length: > 0 } file && frame.GetFileLineNumber() is > 0 and var line) return (file, line);
        try
        {
            using var image = OpenImage(policy.Assembly);
            if (image is null || !image.TryOpenAssociatedPortablePdb(Path.GetFullPath(PathOf(policy.Assembly)), OpenFile, out var provider, out _)) return (null, null);
            using (provider)
            {
                var debug = provider!.GetMetadataReader();
                return (frame?.GetMethod() is { } method ? LineAt(debug, method, frame.GetILOffset(), policy.Assembly) : null)
                    ?? OwnMethods(policy, member).Select(each => LineAt(debug, each, 0, policy.Assembly)).FirstOrDefault(found => found is not null)
                    ?? (null, null);
            }
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or UnauthorizedAccessException or InvalidOperationException)
        {
            return (null, null);
        }
    }

    private static StackFrame? InnermostFrame(Assembly assembly, Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            if (new StackTrace(exception, fNeedFileInfo: true).GetFrames().FirstOrDefault(each => each.GetMethod()?.DeclaringType?.Assembly == assembly) is { } frame) return frame;
        return null;
    }

    // The member where the policy itself has it; where it inherits it from elsewhere, whatever the policy does have.
    private static IEnumerable<MethodBase> OwnMethods(Type policy, string member) =>
        policy.GetMember(member, MemberTypes.Method | MemberTypes.Constructor, AnyInstance).OfType<MethodBase>()
            .Concat(policy.GetMethods(AnyInstance | BindingFlags.DeclaredOnly))
            .Where(method => method.DeclaringType?.Assembly == policy.Assembly);

    private static (string? Cell, int? Line)? LineAt(MetadataReader debug, MethodBase method, int offset, Assembly assembly)
    {
        var handle = MetadataTokens.MethodDefinitionHandle(method.MetadataToken & 0xFF_FFFF).ToDebugInformationHandle();
        SequencePoint? found = null;
        foreach (var point in debug.GetMethodDebugInformation(handle).GetSequencePoints())
        {
            if (point.IsHidden) continue;
            if (found is { } first && point.Offset > offset && !IsBrace(first)) break;
            found = point;
        }
        if (found is not { } at) return null;
        var document = at.Document.IsNil ? "" : debug.GetString(debug.GetDocument(at.Document).Name);
        return (document.Length > 0 ? document : CellAssembly.Of(assembly)?.Name, at.StartLine);
    }

    // A method's own "{" says nothing: its first statement does.
    private static bool IsBrace(SequencePoint point) => point.Offset == 0 && point.EndLine == point.StartLine && point.EndColumn == point.StartColumn + 1;

    private static PEReader? OpenImage(Assembly assembly) =>
        CellAssembly.Of(assembly) is { } cell ? new PEReader(ImmutableArray.Create(cell.Image))
        : OpenFile(assembly.Location) is { } file ? new PEReader(file)
        : null;

    private static string PathOf(Assembly assembly) => assembly.Location.Length > 0 ? assembly.Location : "cell.dll";

    private static FileStream? OpenFile(string path) => File.Exists(path) ? File.OpenRead(path) : null;
}
