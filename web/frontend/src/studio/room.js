/** Whether there is room to draw, with the list of problems open below; else the picture is only looked at. */
export const isRoomy = () => matchMedia('(min-width: 900px)').matches;
