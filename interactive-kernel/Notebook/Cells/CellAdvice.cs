namespace SchedulerActivations.Notebook;

/// <summary>What to do about a compiler's message whose own words do not help somebody in a notebook.</summary>
internal static class CellAdvice
{
    public static string For(CellKind kind, string code) => code switch
    {
        "CS8805" or "CS8802" or "CS8803" or "CS0116" =>
            $" A {CellContract.Magic(kind)} cell holds types only: put statements into a C# cell of their own.",
        "CS7011" or "CS7009" => " Put the #r into a C# cell before this one.",
        "CS0507" when kind == CellKind.Policy => " Outside the library, the callbacks of a policy are 'protected override'.",
        "CS0507" => " Outside the library, Define is 'protected override'.",
        _ => "",
    };
}
