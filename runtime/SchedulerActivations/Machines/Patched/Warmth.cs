using System.Reflection;
using System.Runtime.CompilerServices;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;
using SchedulerActivations.Upcalls;

namespace SchedulerActivations.Machines.Patched;

/// <summary>
/// Compiles what upcalls and threads execute before the clock runs: an upcall that waits for the compiler keeps its virtual
/// processor for milliseconds, and the compiler's locks may be held by a thread that was interrupted.
/// </summary>
internal static class Warmth
{
    private static readonly string[] Namespaces =
    [
        typeof(Scheduler).Namespace!, typeof(UpcallManager).Namespace!, typeof(SchedulingPolicy).Namespace!, typeof(PatchedKernel).Namespace!, typeof(Linux.LinuxKernel).Namespace!,
    ];

    /// <summary>Compiles the core, this machine, the policy, and the bodies of the threads.</summary>
    public static void Prepare(Type policy, IEnumerable<Delegate> bodies)
    {
        foreach (var type in typeof(Scheduler).Assembly.GetTypes().Where(type => Namespaces.Contains(type.Namespace)).Append(policy)) Compile(type);
        foreach (var type in bodies.Select(body => Outermost(body.Method.DeclaringType!)).Distinct())
        {
            foreach (var part in WithNested(type))
            {
                Compile(part);
                if (part.IsValueType && part.IsAssignableTo(typeof(IAsyncStateMachine)) && !part.ContainsGenericParameters) Compile(typeof(MethodFrame<>).MakeGenericType(part));
            }
        }
        Scheduler.PrepareCallbacks();
        new ReactivityHistogram().Record(1);
    }

    private static void Compile(Type type)
    {
        if (type.ContainsGenericParameters) return;
        var arguments = type.GenericTypeArguments.Select(argument => argument.TypeHandle).ToArray();
        foreach (var method in type.GetMembers(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).OfType<MethodBase>())
            if (!method.IsAbstract && !method.ContainsGenericParameters) RuntimeHelpers.PrepareMethod(method.MethodHandle, arguments);
    }

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<Type> WithNested(Type type) =>
        type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).SelectMany(WithNested).Prepend(type);
}
